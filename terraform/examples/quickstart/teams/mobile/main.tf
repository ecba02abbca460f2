module "deploy" {
  source = "../../modules/deploy-user"

  name   = "mobile-deploy"
  bucket = "example-mobile-builds"
}

output "access_key_id" {
  value = module.deploy.access_key_id
}
