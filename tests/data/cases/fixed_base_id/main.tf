resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rfc3339 = "2020-01-01T00:00:00Z"
  rotation_days = 60
}
resource "terraform_data" "t" {
  triggers_replace = time_rotating.r.id
}
resource "aws_iam_access_key" "k" { #!broken-rotation
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [terraform_data.t]
    create_before_destroy = true
  }
}
