variable "organization_id" {
  description = "The organization's id: only its own principals may assume the reader role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "An organization's id, such as o-exampleorgid."
  }
}

variable "organizational_unit_ids" {
  description = "The OUs, or the root, whose accounts are scanned."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.organizational_unit_ids) > 0
    error_message = "At least one, such as r-ab12 for the root."
  }
}

variable "email" {
  description = "Who hears of findings and of gaps."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.email))
    error_message = "An e-mail address."
  }
}

variable "package" {
  description = "The zip file that `make lambda` builds."
  type        = string
  default     = "../../../dist/lambda.zip"
  nullable    = false

  validation {
    condition     = can(regex("[.]zip$", var.package))
    error_message = "The path of a .zip file."
  }
}

variable "security_hub" {
  description = "Whether findings go to Security Hub, which must be enabled in this account and region."
  type        = bool
  default     = true
  nullable    = false
}

variable "skip_accounts" {
  description = "Accounts that are not scanned, by their ids; reports name them as skipped."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.skip_accounts : can(regex("^[0-9]{12}$", one))])
    error_message = "Ids of twelve digits."
  }
}

variable "delegated_administrator" {
  description = "True where this account is a delegated administrator for CloudFormation StackSets, false in the management account."
  type        = bool
  default     = false
  nullable    = false
}
