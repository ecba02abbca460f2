resource "aws_iam_user" "u" {
  name = "svc-u"
}
# keyturn:ignore[no-rotation] until=2099-01-01 reason="vendor"
resource "aws_iam_access_key" "k" {
  user = = 3
}
