-- Image: an image of an engine, by name or by ID; whether the engine has it is another question.
local native = require "conu_native"
local encode = require "conu.encode"
local object = require "conu.object"
local options = require "conu.options"
local progress = require "conu.progress"
local run_builder = require "conu.run_builder"
local take_metadata = require "conu.metadata"

local Container, Image, Progress, RunBuilder = object.Container, object.Image, object.Progress, object.RunBuilder
local image = {}

object.add_methods(Image, { "get_full_name", "get_repository", "get_tag" })

local read_plain = options.reader ""
local read_new = options.reader "engine tag pull_policy"
local read_from_id = options.reader "engine"
local read_load = options.reader "engine progress"
local read_load_progress = options.reader "engine"
local build_names = "engine dockerfile tags args labels target platform no_cache pull"
local read_build = options.reader(build_names .. " progress")
local read_build_progress = options.reader(build_names)
local read_inspect = options.reader "refresh"
local read_pull = options.reader "platform progress"
local read_pull_progress = options.reader "platform"
local read_push = options.reader "repository tag progress"
local read_push_progress = options.reader "repository tag"
local read_tag = options.reader "repository tag"
local read_rmi = options.reader "force via_name"
local read_layers = options.reader "newest_first"
local read_s2i = options.reader "args progress"
local read_s2i_progress = options.reader "args"
local read_foreground = options.reader "stdin stdout stderr container_name"

local function take_image(handle) return object.wrap(Image, handle:take_image()) end
local function take_images(handle) return object.wrap_all(Image, handle:take_images()) end
local function take_nothing() return true end

-- An image by name. It pulls as `pull_policy` says: PULL_IF_NOT_PRESENT unless given.
function image.new(repository, given)
  local read = read_new(given)
  local policy = read.pull_policy or native.CONU_PULL_IF_NOT_PRESENT
  return object.wrap(Image, native.image_new(read.engine, repository, read.tag, policy, read.cancel))
end

-- An image that the engine has, by its ID or the beginning of it.
function image.from_id(id, given)
  local read = read_from_id(given)
  return object.wrap(Image, native.image_from_id(read.engine, id, read.cancel))
end

-- Loads images from a tar archive, as an array.
function image.load(path, given)
  local read = read_load(given)
  if not read.progress then return object.wrap_all(Image, native.image_load(read.engine, path, read.cancel)) end
  return progress.follow(read, function(cancel)
    return native.image_load_progress(read.engine, path, cancel)
  end, take_images)
end

function image.load_progress(path, given)
  local read = read_load_progress(given)
  return object.wrap(Progress, native.image_load_progress(read.engine, path, read.cancel))
end

-- Builds an image from a folder.
function image.build(path, given)
  local read = read_build(given)
  local build, err = options.of_build(path, read)
  if not build then return nil, err end
  if not read.progress then return object.wrap(Image, native.image_build(read.engine, build, read.cancel)) end
  return progress.follow(read, function(cancel)
    return native.image_build_progress(read.engine, build, cancel)
  end, take_image)
end

function image.build_progress(path, given)
  local read = read_build_progress(given)
  local build, err = options.of_build(path, read)
  if not build then return nil, err end
  return object.wrap(Progress, native.image_build_progress(read.engine, build, read.cancel))
end

function Image:get_id(given) return self.native:get_id(read_plain(given).cancel) end

function Image:is_present(given) return self.native:is_present(read_plain(given).cancel) end

-- The engine's document, as a table. The answer is kept until `refresh`.
function Image:inspect(given)
  local read = read_inspect(given)
  return object.decode(self.native:inspect(read.refresh == true, read.cancel))
end

-- The same facts, read for you.
function Image:get_metadata(given)
  local read = read_inspect(given)
  return take_metadata(self.native:get_metadata(read.refresh == true, read.cancel))
end

-- Pulls. `progress` is called with each step.
function Image:pull(given)
  local read = read_pull(given)
  local pull, err = options.of_pull(read)
  if not pull then return nil, err end
  if not read.progress then return self.native:pull(pull, read.cancel) end
  return progress.follow(read, function(cancel) return self.native:pull_progress(pull, cancel) end, take_nothing)
end

function Image:pull_progress(given)
  local read = read_pull_progress(given)
  local pull, err = options.of_pull(read)
  if not pull then return nil, err end
  return object.wrap(Progress, self.native:pull_progress(pull, read.cancel))
end

-- Pushes, after tagging as `repository` and `tag` say, and gives the image under the name that was pushed.
function Image:push(given)
  local read = read_push(given)
  if not read.progress then
    return object.wrap(Image, self.native:push(read.repository, read.tag, read.cancel))
  end
  return progress.follow(read, function(cancel)
    return self.native:push_progress(read.repository, read.tag, cancel)
  end, take_image)
end

function Image:push_progress(given)
  local read = read_push_progress(given)
  return object.wrap(Progress, self.native:push_progress(read.repository, read.tag, read.cancel))
end

-- One more name: `repository`, its own unless given, with `tag`, "latest" unless given. Gives the image under it.
function Image:tag_image(given)
  local read = read_tag(given)
  return object.wrap(Image, self.native:tag_image(read.repository, read.tag, read.cancel))
end

-- Removes the image, by its ID or, with `via_name`, this name of it. Containers in the way are in the error's details.
function Image:rmi(given)
  local read = read_rmi(given)
  return self.native:rmi(read.force == true, read.via_name == true, read.cancel)
end

function Image:save(path, given) return self.native:save(path, read_plain(given).cancel) end

-- The IDs in the history of the image: the newest first, unless `newest_first` is false.
function Image:get_layer_ids(given)
  local read = read_layers(given)
  return self.native:get_layer_ids(read.newest_first ~= false, read.cancel)
end

-- The images in the history of the image, as far as the engine has them.
function Image:layers(given)
  local read = read_layers(given)
  return object.wrap_all(Image, self.native:layers(read.newest_first ~= false, read.cancel))
end

-- Whether every package of an image with rpm is signed by one of these keys, an array of their IDs.
function Image:has_pkgs_signed_with(keys, given)
  return self.native:has_pkgs_signed_with(keys, read_plain(given).cancel)
end

-- Checks the image against a document, a table or its JSON, in the schema of container-structure-test and with some checks
-- more: see docs/checks.md. The results are a table with `Pass`, `Fail`, `Total` and `Results`; a check that does not hold
-- is no error, a mistake in the document is.
function Image:check(checks, given)
  local read = read_plain(given)
  return object.decode(self.native:check(encode(checks), read.cancel))
end

-- Extends the image, a builder of source-to-image, with source code: a folder, a git repository or its URL. `args` are
-- options as `s2i build` has them; `progress` is called with each line that the scripts print.
function Image:s2i_extend(source, new_image_name, given)
  local read = read_s2i(given)
  if not read.progress then
    return object.wrap(Image, self.native:s2i_extend(source, new_image_name, read.args, read.cancel))
  end
  return progress.follow(read, function(cancel)
    return self.native:s2i_extend_progress(source, new_image_name, read.args, cancel)
  end, take_image)
end

function Image:s2i_extend_progress(source, new_image_name, given)
  local read = read_s2i_progress(given)
  return object.wrap(Progress, self.native:s2i_extend_progress(source, new_image_name, read.args, read.cancel))
end

-- What the usage script of the image, a builder of source-to-image, prints.
function Image:s2i_usage(given) return self.native:s2i_usage(read_plain(given).cancel) end

-- Starts a container as `spec` says, a table or a run builder, by a call of the native image.
local function run(spec, start)
  if getmetatable(spec) == RunBuilder then return object.wrap(Container, start(spec.native)) end
  local builder, err = run_builder.from(spec, 3)
  if not builder then return nil, err end
  return object.wrap(Container, start(builder))
end

-- Creates a container and starts it: image:run{ "echo", "hi", name = … }, or from a run builder.
function Image:run(spec, given)
  local read = read_plain(given)
  return run(spec, function(builder) return self.native:run_via_api(builder, read.cancel) end)
end

-- The same by the program docker or podman, `binary` of the spec, in the background.
function Image:run_via_binary(spec, given)
  local read = read_plain(given)
  return run(spec, function(builder) return self.native:run_via_binary(builder, read.cancel) end)
end

-- The same in the foreground: the program's standard streams are pipes to us, but for those of `stdin`, `stdout` and
-- `stderr` that are false, which are our own.
function Image:run_via_binary_in_foreground(spec, given)
  local read = read_foreground(given)
  return run(spec, function(builder)
    return self.native:run_via_binary_in_foreground(builder, options.pipes(read), read.container_name, read.cancel)
  end)
end

return image
