resource "aws_iam_user" "ci" {
  count = 2
  name  = "ci-${count.index}"
}

resource "time_rotating" "ci" {
  rotation_days = 60
}

resource "time_static" "ci" {
  rfc3339 = time_rotating.ci.rfc3339
}

resource "aws_iam_access_key" "ci" {
  count = 2
  user  = aws_iam_user.ci[count.index].name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_static.ci]
  }
}
