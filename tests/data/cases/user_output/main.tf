resource "time_rotating" "r" {
  rotation_days = 60
}
resource "terraform_data" "t" {
  input = {
    name = "svc-u"
    at = time_rotating.r.id
  }
}
resource "aws_iam_access_key" "k" {
  user = terraform_data.t.output.name
  lifecycle {
    create_before_destroy = true
  }
}
