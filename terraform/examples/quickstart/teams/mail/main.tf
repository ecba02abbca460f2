# SMTP credentials for outgoing mail. Somebody counts key_generation up when they remember to.

variable "key_generation" {
  type        = number
  description = "Count up to replace the key."
  default     = 3
}

resource "aws_iam_user" "smtp" {
  name = "mail-smtp"
  path = "/service/"
}

resource "terraform_data" "generation" {
  input = var.key_generation
}

resource "aws_iam_access_key" "smtp" {
  user = aws_iam_user.smtp.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.generation]
  }
}
