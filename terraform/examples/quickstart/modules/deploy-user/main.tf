# A user for a team's deployments, with a key for its pipeline.

variable "name" {
  type        = string
  description = "Name of the user."
}

variable "bucket" {
  type        = string
  description = "The bucket that the pipeline writes to."
}

resource "aws_iam_user" "this" {
  name = var.name
  path = "/deploy/"
}

resource "aws_iam_user_policy" "write" {
  name = "write-to-${var.bucket}"
  user = aws_iam_user.this.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:DeleteObject"]
      Resource = "arn:aws:s3:::${var.bucket}/*"
    }]
  })
}

resource "aws_iam_access_key" "this" {
  user = aws_iam_user.this.name
}

output "access_key_id" {
  value = aws_iam_access_key.this.id
}

output "secret_access_key" {
  value     = aws_iam_access_key.this.secret
  sensitive = true
}
