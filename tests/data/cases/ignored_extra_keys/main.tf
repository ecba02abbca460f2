resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 60
}
resource "time_static" "s" {
  rfc3339 = time_rotating.r.rfc3339
}
# keyturn:ignore[user-has-extra-keys,unmanaged-key,no-room-to-rotate] until=2099-01-01 reason="two"
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [time_static.s]
    create_before_destroy = true
  }
}
