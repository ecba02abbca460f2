output "bucket" {
  description = "The bucket of the reports: keyturn/latest/ has the last one, keyturn/reports/ all of them."
  value       = module.function.bucket
}

output "function_arn" {
  description = "The function's ARN, to call it by hand."
  value       = module.function.function_arn
}

output "role_arn" {
  description = "The ARN of the function's role, which the reader roles must trust."
  value       = module.function.role_arn
}
