resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "aws_iam_access_key" "k" { #!rotation-downtime
  for_each = toset([formatdate("YYYY-MM", plantimestamp())])
  user = aws_iam_user.u.name
}
