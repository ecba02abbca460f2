variable "user" {
  description = "The name of an IAM user that has no other access keys: both of its two slots are used."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.user))
    error_message = "An IAM user's name has 1 to 64 letters, digits and +=,.@_- characters."
  }
}

variable "rotate_every_days" {
  description = "A new key takes the place of the current one every so many days. Each key lives for twice as long: with 30, never longer than 60 days, which leaves 30 days of room below a limit of 90 for applies that come late."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.rotate_every_days >= 2 && var.rotate_every_days <= 45 && floor(var.rotate_every_days) == var.rotate_every_days
    error_message = "Whole days from 2 to 45: a key lives for two periods, and 90 days are the limit."
  }
}

variable "overlap_days" {
  description = "For so many days after a turn the previous key still works, while its users take up the new one. Then it is switched off, and waits so for its replacement. Applies must come more often than that. Keyturn's default policy lets two active keys pass for 14 days."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.overlap_days >= 1 && floor(var.overlap_days) == var.overlap_days
    error_message = "A whole number of days, at least 1."
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

variable "at" {
  description = "Plan as if it were this moment (RFC 3339), to rehearse a turn with `terraform plan`. Leave it out otherwise: a fixed moment stops the rotation."
  type        = string
  default     = null

  validation {
    condition     = can(formatdate("YYYY", coalesce(var.at, "2000-01-01T00:00:00Z")))
    error_message = "A moment such as 2027-03-31T12:00:00Z."
  }
}

variable "tags" {
  description = "Tags of the secret or the parameter."
  type        = map(string)
  default     = {}
  nullable    = false
}
