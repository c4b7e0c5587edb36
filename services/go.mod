module github.com/bonychat/puente/services

go 1.26.0

require (
	github.com/bonychat/puente/pkg v0.0.0
	github.com/bonychat/puente/proto v0.0.0
	google.golang.org/protobuf v1.36.12
)

replace (
	github.com/bonychat/puente/pkg => ../pkg
	github.com/bonychat/puente/proto => ../proto
)
