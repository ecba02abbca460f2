resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "time_rotating" "r" {
  rotation_days = 60
}
resource "null_resource" "n" {
  triggers = { at = time_rotating.r.id, note = "x" }
  lifecycle {
    ignore_changes = [triggers["at"]]
  }
}
resource "aws_iam_access_key" "k" { #!broken-rotation
  user = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [null_resource.n]
  }
}
