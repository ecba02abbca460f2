output "function_arn" {
  description = "The function's ARN."
  value       = aws_lambda_function.this.arn
}

output "bucket" {
  description = "The bucket of the reports: keyturn/latest/ has the last one, keyturn/reports/ all of them."
  value       = aws_s3_bucket.reports.id
}

output "role_name" {
  description = "The name of the function's role, which the trust of the reader roles must name."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "The ARN of the function's role."
  value       = aws_iam_role.this.arn
}
