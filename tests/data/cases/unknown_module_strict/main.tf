module "u" {
  source = "acme/keys/aws"
  version = "1.0.0"
}
