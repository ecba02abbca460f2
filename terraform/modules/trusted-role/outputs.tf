output "arn" {
  description = "The role's ARN in this account, for --role-arn."
  value       = aws_iam_role.this.arn
}

output "name" {
  description = "The role's name in every account, for --role-name."
  value       = aws_iam_role.this.name
}
