variable "t" {
  type = set(string)
}
module "a" {
  for_each = var.t
  source = "./m"
  name = each.key
}
