resource "aws_iam_user" "u" {
  name = "svc-u"
  tags = merge({ a = "b" }, { class = "machine" })
}
module "m" {
  source = "./m"
  user = aws_iam_user.u.name
}
