output "bucket" {
  description = "The bucket of the reports: keyturn/latest/ has the last one, keyturn/reports/ all of them."
  value       = module.function.bucket
}

output "state_machine_arn" {
  description = "The state machine's ARN, to start it by hand."
  value       = aws_sfn_state_machine.this.arn
}

output "role_arn" {
  description = "The ARN of the function's role, which the reader roles must trust."
  value       = module.function.role_arn
}
