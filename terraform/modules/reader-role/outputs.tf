output "arn" {
  description = "The role's ARN in this account, for --role-arn."
  value       = module.role.arn
}

output "name" {
  description = "The role's name in every account, for --role-name."
  value       = module.role.name
}

output "policy" {
  description = "What the role may do, as JSON."
  value       = local.policy
}

output "hub_policy" {
  description = "What whoever runs `keyturn scan --live --organization` needs besides, as JSON: attach it to that role."
  value       = local.hub_policy
}
