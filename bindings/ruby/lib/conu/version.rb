# frozen_string_literal: true

# The version of the gem, which is that of the C library it is made for.
module Conu
  VERSION = "0.1.0"
end
