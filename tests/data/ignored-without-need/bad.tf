# keyturn:ignore[no-rotation] until=2020-01-01 reason="vendor cannot rotate before the move"
resource "aws_iam_access_key" "ci" {
  user = "ci"
}
