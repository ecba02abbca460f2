resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" { #!no-rotation,key-too-old
  user = aws_iam_user.u.name
}
