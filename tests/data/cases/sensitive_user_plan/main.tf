variable "n" {
  sensitive = true
  default = "hush-hush"
}
resource "aws_iam_user" "u" {
  name = var.n
}
resource "aws_iam_access_key" "k" { #!no-rotation,key-too-old
  user = aws_iam_user.u.name
}
