variable "name" {
  description = "The name of the function and of all that belongs to it."
  type        = string
  default     = "keyturn"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]{1,32}$", var.name))
    error_message = "1 to 32 small letters, digits and hyphens."
  }
}

variable "package" {
  description = "The zip file that `make lambda` builds; or give image_uri."
  type        = string
  default     = null

  validation {
    condition     = can(regex("[.]zip$", coalesce(var.package, "none.zip")))
    error_message = "The path of a .zip file."
  }
}

variable "image_uri" {
  description = "A container image in ECR, built from the Dockerfile with `--target lambda --platform linux/amd64`; or give package."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[0-9]{12}[.]dkr[.]ecr[.].+[:@].+$", coalesce(var.image_uri, "111122223333.dkr.ecr.x:1")))
    error_message = "The URI of an image in ECR, with its tag or digest."
  }
}

variable "policy" {
  description = "The text of a policy of your own, as of file(\"keyturn.yaml\"); without it the built-in one counts."
  type        = string
  default     = null

  validation {
    condition     = var.policy == null || can(yamldecode(var.policy))
    error_message = "A policy in YAML."
  }
}

variable "built_in_policy" {
  description = "The built-in policy by which keys are judged."
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = contains(["default", "strict"], var.built_in_policy)
    error_message = "default or strict."
  }
}

variable "security_hub" {
  description = "Whether findings go to Security Hub, which must be enabled in this account and region."
  type        = bool
  default     = false
  nullable    = false
}

variable "topic_arn" {
  description = "The SNS topic that gets a message when there are findings or gaps, or when a scan fails; null for none."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:", coalesce(var.topic_arn, "arn:aws:sns:")))
    error_message = "The ARN of an SNS topic."
  }
}

variable "schedule" {
  description = "When to scan, as EventBridge Scheduler writes it."
  type        = string
  default     = "cron(0 6 * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron|at)[(].+[)]$", var.schedule))
    error_message = "Such as rate(1 day) or cron(0 6 * * ? *)."
  }
}

variable "timezone" {
  description = "The time zone of the schedule."
  type        = string
  default     = "UTC"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z_/+-]+[0-9]*$", var.timezone))
    error_message = "Such as UTC or Europe/Berlin."
  }
}

variable "role_name" {
  description = "The name of the reader role in every account of the organization (module reader-role)."
  type        = string
  default     = "keyturn-reader"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "1 to 64 letters, digits and +=,.@_- characters."
  }
}

variable "external_id" {
  description = "What the reader roles ask for; null for nothing."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@:/_-]{2,}$", coalesce(var.external_id, "none")))
    error_message = "2 or more letters, digits and +=,.@:/_- characters."
  }
}

variable "skip_accounts" {
  description = "Accounts of the organization that are not scanned, by their ids; reports name them as skipped."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.skip_accounts : can(regex("^[0-9]{12}$", one))])
    error_message = "Ids of twelve digits."
  }
}

variable "accounts_at_once" {
  description = "How many accounts are scanned side by side."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.accounts_at_once >= 1 && var.accounts_at_once <= 1000 && floor(var.accounts_at_once) == var.accounts_at_once
    error_message = "A whole number from 1 to 1000."
  }
}

variable "memory_mb" {
  description = "The memory of the function; more is also faster. The merge of ten thousand accounts with 20 keys each takes 1.2 GB."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = var.memory_mb >= 256 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "A whole number from 256 to 10240."
  }
}

variable "keep_days" {
  description = "After so many days a report is deleted from the bucket."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.keep_days >= 1 && floor(var.keep_days) == var.keep_days
    error_message = "A whole number of days, at least 1."
  }
}

variable "log_retention_days" {
  description = "How long CloudWatch keeps the log."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "A number of days that CloudWatch takes, such as 30, 90 or 365."
  }
}

variable "permissions_boundary" {
  description = "A policy that bounds the roles, by ARN; null for none."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", coalesce(var.permissions_boundary, "arn:aws:iam::aws:policy/none")))
    error_message = "The ARN of an IAM policy."
  }
}

variable "tags" {
  description = "Tags of everything that can bear them."
  type        = map(string)
  default     = {}
  nullable    = false
}
