resource "aws_iam_user" "u" {
  name = "svc-u"
}
# keyturn:ignore[no-rotation] until=2020-01-01 reason="x"
# keyturn:ignore[no-rotation] until=2099-01-01 reason="x"
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
}
