resource "time_rotating" "r" {
  rotation_days = 60
}
resource "null_resource" "n" {
  triggers = {
    user = "svc-u"
    at = time_rotating.r.id
  }
}
resource "aws_iam_access_key" "k" { #!broken-rotation
  user = null_resource.n.triggers.user
  lifecycle {
    create_before_destroy = true
  }
}
