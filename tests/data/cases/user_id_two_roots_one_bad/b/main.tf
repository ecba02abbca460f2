resource "aws_iam_user" "u" {
  name = "svc-b"
}
resource "aws_iam_access_key" "k" { #!no-rotation
  user = aws_iam_user.u.id
}
