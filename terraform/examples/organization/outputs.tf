output "bucket" {
  description = "The bucket of the reports."
  value       = module.scan.bucket
}

output "state_machine_arn" {
  description = "The state machine, to start a scan by hand: aws stepfunctions start-execution --state-machine-arn ARN."
  value       = module.scan.state_machine_arn
}
