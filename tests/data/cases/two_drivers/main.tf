resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 365
}
resource "time_static" "s" {
  rfc3339 = time_rotating.r.rfc3339
}
resource "time_rotating" "q" {
  rotation_days = 30
}
resource "time_static" "q" {
  rfc3339 = time_rotating.q.rfc3339
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [time_static.s, time_static.q]
    create_before_destroy = true
  }
}
