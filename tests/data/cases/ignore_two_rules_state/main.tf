resource "aws_iam_user" "u" {
  name = "svc-u"
}
# keyturn:ignore[no-rotation,key-too-old] until=2099-01-01 reason="vendor"
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
}
