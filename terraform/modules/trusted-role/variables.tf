variable "name" {
  description = "The role's name, the same in every account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.name))
    error_message = "A role's name has 1 to 64 letters, digits and +=,.@_- characters."
  }
}

variable "description" {
  description = "What the role is for, as people see it in the console."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.description) >= 1 && length(var.description) <= 1000
    error_message = "1 to 1000 characters."
  }
}

variable "policy" {
  description = "What the role may do, as JSON. It holds in every account, so it names none."
  type        = string
  nullable    = false

  validation {
    condition     = can(jsondecode(var.policy).Statement)
    error_message = "An IAM policy as JSON."
  }
}

variable "trusted_principals" {
  description = "Who may assume the role: ARNs of roles or users, or account ids."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.trusted_principals) > 0 && alltrue([for one in var.trusted_principals : can(regex("^([0-9]{12}|arn:[a-z-]+:(iam|sts)::[0-9]{12}:.+)$", one))])
    error_message = "At least one ARN or account id; * would let in everyone."
  }
}

variable "external_id" {
  description = "What whoever assumes the role must say, as with --external-id; null asks for nothing."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@:/_-]{2,}$", coalesce(var.external_id, "none")))
    error_message = "2 or more letters, digits and +=,.@:/_- characters."
  }
}

variable "organization_id" {
  description = "Only principals of this organization (o-...) may assume the role; null does not ask."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", coalesce(var.organization_id, "o-0000000000")))
    error_message = "An organization's id, such as o-exampleorgid."
  }
}

variable "permissions_boundary" {
  description = "A policy that bounds the role, by ARN; null for none. With organizational_unit_ids it must exist in every account, so give the ARN of an AWS-managed policy or put {account} in the place of the account id."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws|\\{account\\}):policy/.+$", coalesce(var.permissions_boundary, "arn:aws:iam::aws:policy/none")))
    error_message = "The ARN of an IAM policy."
  }
}

variable "organizational_unit_ids" {
  description = "Make the same role in every account below these OUs (ou-...) or the root (r-...), now and later, by a StackSet; for the management account or a delegated administrator. The management account gets its role from this module, and a delegated administrator's account, as a member, from the StackSet."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.organizational_unit_ids : can(regex("^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$", one))])
    error_message = "Ids such as ou-ab12-cdefgh34, or r-ab12 for the root."
  }
}

variable "delegated_administrator" {
  description = "True where this account is a delegated administrator for CloudFormation StackSets, and not the management account."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of the role and the StackSet."
  type        = map(string)
  default     = {}
  nullable    = false
}
