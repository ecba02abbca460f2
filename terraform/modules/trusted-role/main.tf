# One role in this account, and by a StackSet the same role in the accounts of an organization. Only the management account gets
# nothing from a StackSet: in a delegated administrator's account the StackSet makes the role, and two would be in each other's way.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account  = data.aws_caller_identity.current.account_id
  stacks   = length(var.organizational_unit_ids) > 0 ? 1 : 0
  own      = local.stacks == 1 && var.delegated_administrator ? 0 : 1
  role_arn = "arn:${data.aws_partition.current.partition}:iam::${local.account}:role/${var.name}"

  conditions = merge(
    var.external_id == null ? {} : { "sts:ExternalId" = var.external_id },
    var.organization_id == null ? {} : { "aws:PrincipalOrgID" = var.organization_id },
  )
  statement = {
    Effect    = "Allow"
    Principal = { AWS = var.trusted_principals }
    Action    = "sts:AssumeRole"
  }
  trust = {
    Version   = "2012-10-17"
    Statement = [merge(local.statement, length(local.conditions) > 0 ? { Condition = { StringEquals = local.conditions } } : {})]
  }
  boundary = var.permissions_boundary == null ? null : replace(var.permissions_boundary, "{account}", local.account)
}

resource "aws_iam_role" "this" {
  count = local.own

  name                 = var.name
  description          = var.description
  assume_role_policy   = jsonencode(local.trust)
  permissions_boundary = local.boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  count = local.own

  name   = var.name
  role   = aws_iam_role.this[0].id
  policy = var.policy
}

locals {
  member_boundary = var.permissions_boundary == null ? {} : {
    PermissionsBoundary = { "Fn::Sub" = replace(var.permissions_boundary, "{account}", "$${AWS::AccountId}") }
  }
  member_role = {
    RoleName                 = var.name
    Description              = var.description
    AssumeRolePolicyDocument = local.trust
    Policies                 = [{ PolicyName = var.name, PolicyDocument = jsondecode(var.policy) }]
    Tags                     = [for key, value in var.tags : { Key = key, Value = value }]
  }
}

resource "aws_cloudformation_stack_set" "members" {
  count = local.stacks

  name             = var.name
  description      = var.description
  permission_model = "SERVICE_MANAGED"
  call_as          = var.delegated_administrator ? "DELEGATED_ADMIN" : "SELF"
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  tags             = var.tags

  template_body = jsonencode({
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = var.description
    Resources = {
      Role = { Type = "AWS::IAM::Role", Properties = merge(local.member_role, local.member_boundary) }
    }
  })

  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  operation_preferences {
    failure_tolerance_percentage = 100 # one account that refuses does not keep the others from it
    max_concurrent_percentage    = 100
  }

  lifecycle {
    ignore_changes = [administration_role_arn] # AWS fills it in, though a service-managed StackSet has none
  }
}

resource "aws_cloudformation_stack_set_instance" "members" {
  count = local.stacks

  stack_set_name = aws_cloudformation_stack_set.members[0].name
  call_as        = var.delegated_administrator ? "DELEGATED_ADMIN" : "SELF"

  deployment_targets {
    organizational_unit_ids = var.organizational_unit_ids
  }

  operation_preferences {
    failure_tolerance_percentage = 100
    max_concurrent_percentage    = 100
  }
}
