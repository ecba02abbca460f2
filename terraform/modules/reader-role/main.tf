# What `keyturn scan --live` asks of an account, and nothing else. sts:GetCallerIdentity needs no permission.

data "aws_partition" "current" {}

locals {
  policy = templatefile("${path.module}/reader.json.tftpl", { partition = data.aws_partition.current.partition })

  # What `--organization` needs besides, where the scan starts. Only --ou and --skip-ou use the last two of the first statement.
  hub_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Organization"
        Effect = "Allow"
        Action = [
          "organizations:ListAccounts",
          "organizations:ListAccountsForParent",
          "organizations:ListOrganizationalUnitsForParent",
        ]
        Resource = "*"
      },
      {
        Sid      = "Members"
        Effect   = "Allow"
        Action   = "sts:AssumeRole"
        Resource = "arn:${data.aws_partition.current.partition}:iam::*:role/${var.name}"
      },
    ]
  })
}

module "role" {
  source = "../trusted-role"

  name                    = var.name
  description             = "Keyturn reads the ages of access keys"
  policy                  = local.policy
  trusted_principals      = var.trusted_principals
  external_id             = var.external_id
  organization_id         = var.organization_id
  permissions_boundary    = var.permissions_boundary
  organizational_unit_ids = var.organizational_unit_ids
  delegated_administrator = var.delegated_administrator
  tags                    = var.tags
}
