resource "aws_secretsmanager_secret" "this" {
  count = var.store == "secretsmanager" ? 1 : 0

  name                    = coalesce(var.store_name, "keyturn/${var.user}")
  description             = "The current access key of ${var.user}"
  kms_key_id              = var.kms_key_id
  recovery_window_in_days = var.recovery_window_days
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "this" {
  count = var.store == "secretsmanager" ? 1 : 0

  secret_id     = aws_secretsmanager_secret.this[0].id
  secret_string = local.stored
}

locals {
  parameter = coalesce(var.store_name, "/keyturn/${var.user}")
}

resource "aws_ssm_parameter" "this" {
  count = var.store == "ssm" ? 1 : 0

  name        = local.parameter
  description = "The current access key of ${var.user}"
  type        = "SecureString"
  key_id      = var.kms_key_id
  value       = local.stored
  tags        = var.tags

  lifecycle {
    precondition {
      condition     = can(regex("^(/[A-Za-z0-9/_.-]+|[A-Za-z0-9_.-]+)$", local.parameter))
      error_message = "SSM takes no parameter named ${local.parameter}: give store_name, of letters, digits and /_.- characters, with a / before it where it has one."
    }
  }
}
