resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [time_static.s]
    create_before_destroy = true
  }
}
