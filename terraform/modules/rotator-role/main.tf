# What `keyturn rotate USER --apply` does, for the users and the places that are named, and nothing else.

data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  # Secrets Manager ends a secret's ARN with six characters of its own.
  secrets    = [for one in var.secrets : "arn:${local.partition}:secretsmanager:*:*:secret:${one}${endswith(one, "*") ? "" : "-??????"}"]
  parameters = [for one in var.parameters : "arn:${local.partition}:ssm:*:*:parameter/${trimprefix(one, "/")}"]

  keys = [
    {
      Sid    = "Keys"
      Effect = "Allow"
      Action = [
        "iam:CreateAccessKey",
        "iam:DeleteAccessKey",
        "iam:GetAccessKeyLastUsed",
        "iam:ListAccessKeys",
        "iam:ListUserTags",
        "iam:UpdateAccessKey",
      ]
      Resource = [for one in var.users : "arn:${local.partition}:iam::*:user/${one}"]
    },
    {
      Sid       = "Journal"
      Effect    = "Allow"
      Action    = ["iam:TagUser"]
      Resource  = [for one in var.users : "arn:${local.partition}:iam::*:user/${one}"]
      Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["keyturn:rotation"] } }
    },
  ]
  in_secrets = {
    Sid      = "Secrets"
    Effect   = "Allow"
    Action   = ["secretsmanager:CreateSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
    Resource = local.secrets
  }
  in_parameters = {
    Sid      = "Parameters"
    Effect   = "Allow"
    Action   = ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:PutParameter"]
    Resource = local.parameters
  }
  encrypted = {
    Sid       = "Encryption"
    Effect    = "Allow"
    Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    Resource  = var.kms_key_arns
    Condition = { StringLike = { "kms:ViaService" = ["secretsmanager.*", "ssm.*"] } }
  }
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for one in concat(local.keys, [local.in_secrets, local.in_parameters, local.encrypted]) : one if length(one.Resource) > 0]
  })
}

module "role" {
  source = "../trusted-role"

  name                    = var.name
  description             = "Keyturn rotates access keys, one safe step at a time"
  policy                  = local.policy
  trusted_principals      = var.trusted_principals
  external_id             = var.external_id
  organization_id         = var.organization_id
  permissions_boundary    = var.permissions_boundary
  organizational_unit_ids = var.organizational_unit_ids
  delegated_administrator = var.delegated_administrator
  tags                    = var.tags
}
