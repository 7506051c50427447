#!/bin/sh
# Regenerates proto/gen from proto/meshover/v1 (needs protoc, Debian's protobuf-compiler).
# With an argument, writes there instead, so that a test can compare.
set -eu
cd "$(dirname "$0")/.."
out=${1:-proto/gen}
rm -rf "$out/meshover"
mkdir -p "$out"
protoc --plugin=node_modules/.bin/protoc-gen-ts_proto -I proto --ts_proto_out="$out" \
  --ts_proto_opt=outputServices=grpc-js,env=node,esModuleInterop=true,importSuffix=.ts \
  --ts_proto_opt=oneof=unions-value,enumsAsLiterals=true,stringEnums=true,forceLong=bigint,exportCommonSymbols=false \
  proto/meshover/v1/*.proto
