# A delegated administrator's account scans the whole organization every morning.

locals {
  external_id = "keyturn-${var.organization_id}"
}

# The role in every account by which the scan reads it.
module "reader" {
  source = "../../modules/reader-role"

  trusted_principals      = [module.scan.role_arn]
  external_id             = local.external_id
  organization_id         = var.organization_id
  organizational_unit_ids = var.organizational_unit_ids
  delegated_administrator = var.delegated_administrator
}

# The scan itself: its function, its reports, its schedule.
module "scan" {
  source = "../../modules/organization-scan"

  package       = var.package
  role_name     = "keyturn-reader"
  external_id   = local.external_id
  skip_accounts = var.skip_accounts
  policy        = file("${path.module}/keyturn.yaml")
  security_hub  = var.security_hub
  topic_arn     = aws_sns_topic.security.arn
}

resource "aws_sns_topic" "security" {
  name              = "keyturn-findings"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic_subscription" "security" {
  topic_arn = aws_sns_topic.security.arn
  protocol  = "email"
  endpoint  = var.email
}
