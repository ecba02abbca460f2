resource "aws_iam_user" "u" {
  name = "svc-u"
}
# keyturn:ignore[slow-rotation] until=2099-01-01 reason="vendor"
resource "aws_iam_access_key" "k" { #!no-rotation
  user = aws_iam_user.u.name
}
