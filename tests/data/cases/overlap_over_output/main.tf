module "k" {
  source = "./k"
}
resource "terraform_data" "c" {
  input = module.k.id
  lifecycle {
    create_before_destroy = true
  }
}
