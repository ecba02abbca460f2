variable "user" {
  description = "The name of an IAM user that has no other access keys: one of its two slots is free for the new key."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.user))
    error_message = "An IAM user's name has 1 to 64 letters, digits and +=,.@_- characters."
  }
}

variable "rotate_every_days" {
  description = "The first apply after so many days makes a new key. With 60, 30 days of room are left below a limit of 90 for applies that come late."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.rotate_every_days >= 1 && var.rotate_every_days <= 90 && floor(var.rotate_every_days) == var.rotate_every_days
    error_message = "Whole days from 1 to 90: the limit is 90 days."
  }
}

variable "overlap" {
  description = "How long the apply that makes a new key waits, once the key is in the store, before it deletes the old one: as long as consumers take to read the new one, such as 15m."
  type        = string
  default     = "15m"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+(\\.[0-9]+)?(s|m|h)$", var.overlap))
    error_message = "A number with s, m or h: 90s, 15m, 2h."
  }
}

variable "store" {
  description = "Where the current key is kept: \"secretsmanager\" or \"ssm\" (a SecureString parameter)."
  type        = string
  default     = "secretsmanager"
  nullable    = false

  validation {
    condition     = contains(["secretsmanager", "ssm"], var.store)
    error_message = "Either \"secretsmanager\" or \"ssm\"."
  }
}

variable "store_name" {
  description = "The name of the secret, or of the parameter. By default keyturn/USER, and /keyturn/USER for SSM."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", coalesce(var.store_name, "default")))
    error_message = "Letters, digits and /_+=.@- characters."
  }
}

variable "kms_key_id" {
  description = "The KMS key that encrypts the secret or the parameter; AWS's own key of the service by default."
  type        = string
  default     = null
}

variable "recovery_window_days" {
  description = "How long Secrets Manager keeps a secret that was deleted; 0 deletes it at once."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.recovery_window_days == 0 || (var.recovery_window_days >= 7 && var.recovery_window_days <= 30)
    error_message = "0, or 7 to 30 days."
  }
}

variable "pgp_key" {
  description = "A PGP public key in base64, or keybase:NAME. The secret is then encrypted with it before it comes into the Terraform state, and is kept so in the store. It must be able to encrypt: the provider tries that when AWS has made the key already."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the secret or the parameter."
  type        = map(string)
  default     = {}
  nullable    = false
}
