module "function" {
  source = "../scan-function"

  name                 = var.name
  package              = var.package
  image_uri            = var.image_uri
  policy               = var.policy
  built_in_policy      = var.built_in_policy
  security_hub         = var.security_hub
  topic_arn            = var.topic_arn
  role_name            = var.role_name
  external_id          = var.external_id
  skip_accounts        = var.skip_accounts
  memory_mb            = var.memory_mb
  keep_days            = var.keep_days
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}
