output "access_key_id" {
  description = "The id of the current key."
  value       = local.current.id
}

output "store_arn" {
  description = "The secret or the parameter that holds the current key: its readers need secretsmanager:GetSecretValue or ssm:GetParameter on it."
  value       = one(concat(aws_secretsmanager_secret.this[*].arn, aws_ssm_parameter.this[*].arn))
}

output "pgp_fingerprint" {
  description = "The fingerprint of the PGP key that encrypts the secret; null without pgp_key."
  value       = local.current.key_fingerprint
}
