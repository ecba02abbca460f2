output "arn" {
  description = "The role's ARN in this account, for --role-arn."
  value       = coalesce(one(aws_iam_role.this[*].arn), local.role_arn)
}

output "name" {
  description = "The role's name in every account, for --role-name."
  value       = coalesce(one(aws_iam_role.this[*].name), var.name)
}
