internal import KTOCore
