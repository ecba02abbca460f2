module "u" {
  source = "./gone"
}
