resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 60
}
resource "time_static" "s" {
  rfc3339 = time_rotating.r.rfc3339
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [time_static.s]
  }
}
output "id" {
  value = aws_iam_access_key.k.id
}
