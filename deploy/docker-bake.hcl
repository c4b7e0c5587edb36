# Builds every image for both platforms, with an inventory of what is in it (SBOM) and a record of how it was built:
#
#   docker buildx bake -f deploy/docker-bake.hcl --set '*.output=type=registry'
#
# RELEASE=1.4.0 COMMIT=$(git rev-parse HEAD) SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) make it the image of a release: built
# twice from the same commit it is the same.

variable "RELEASE" { default = "" }
variable "COMMIT" { default = "" }
variable "REGISTRY" { default = "ghcr.io/bonychat" }
variable "SOURCE_DATE_EPOCH" { default = "0" }

group "default" { targets = ["images"] }

target "images" {
  name       = item.program
  context    = "."
  dockerfile = "deploy/Dockerfile"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = ["${REGISTRY}/${item.program}:${RELEASE == "" ? "dev" : RELEASE}"]
  args = {
    PROGRAM           = item.program
    PACKAGE           = item.folder
    RELEASE           = RELEASE
    COMMIT            = COMMIT
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  attest = ["type=sbom", "type=provenance,mode=max"]
  matrix = {
    item = [
      { program = "puente", folder = "./services/puente" },
      { program = "puente-control", folder = "./services/control/cmd/control" },
      { program = "puente-egress-bonychat", folder = "./services/egress/bonychat/cmd/egress-bonychat" },
      { program = "puente-egress-clicksend", folder = "./services/egress/clicksend/cmd/egress-clicksend" },
      { program = "puente-egress-discord", folder = "./services/egress/discord/cmd/egress-discord" },
      { program = "puente-egress-email", folder = "./services/egress/email/cmd/egress-email" },
      { program = "puente-egress-line", folder = "./services/egress/line/cmd/egress-line" },
      { program = "puente-egress-matrix", folder = "./services/egress/matrix/cmd/egress-matrix" },
      { program = "puente-egress-phone", folder = "./services/egress/phone/cmd/egress-phone" },
      { program = "puente-egress-slack", folder = "./services/egress/slack/cmd/egress-slack" },
      { program = "puente-egress-smpp", folder = "./services/egress/smpp/cmd/egress-smpp" },
      { program = "puente-egress-sms", folder = "./services/egress/sms/cmd/egress-sms" },
      { program = "puente-egress-teams", folder = "./services/egress/teams/cmd/egress-teams" },
      { program = "puente-egress-telegram", folder = "./services/egress/telegram/cmd/egress-telegram" },
      { program = "puente-egress-twilio", folder = "./services/egress/twilio/cmd/egress-twilio" },
      { program = "puente-egress-viber", folder = "./services/egress/viber/cmd/egress-viber" },
      { program = "puente-egress-vk", folder = "./services/egress/vk/cmd/egress-vk" },
      { program = "puente-egress-webhook", folder = "./services/egress/webhook/cmd/egress-webhook" },
      { program = "puente-egress-whatsapp", folder = "./services/egress/whatsapp/cmd/egress-whatsapp" },
      { program = "puente-egress-xmpp", folder = "./services/egress/xmpp/cmd/egress-xmpp" },
      { program = "puente-ingress", folder = "./services/ingress/cmd/ingress" },
      { program = "puente-sandbox", folder = "./services/sandbox/cmd/sandbox" },
      { program = "puente-translator", folder = "./services/translator/cmd/translator" },
    ]
  }
}
