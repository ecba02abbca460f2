
module "a" {
  source = "./m"
}
