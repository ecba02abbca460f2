module "clock" {
  source = "./clock"
}
resource "terraform_data" "t" {
  triggers_replace = module.clock
}
resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.t]
  }
}
