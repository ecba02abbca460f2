resource "aws_iam_user" "u" {
  name = "svc-u"
}
locals {
  q = floor((tonumber(formatdate("M", plantimestamp())) - 1) / 3)
}
resource "terraform_data" "t" {
  input = "${formatdate("YYYY", plantimestamp())}-${local.q}"
}
resource "aws_iam_access_key" "k" { #!slow-rotation
  user = aws_iam_user.u.name
  lifecycle {
    replace_triggered_by = [terraform_data.t]
    create_before_destroy = true
  }
}
