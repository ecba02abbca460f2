module "m" {
  source   = "./m"
  for_each = toset([formatdate("YYYY-MM", plantimestamp())])
}
