module "u" { #!no-rotation
  source = "terraform-aws-modules/iam/aws//modules/iam-user"
  version = "5.39.0"
  name = "svc-u"
}
